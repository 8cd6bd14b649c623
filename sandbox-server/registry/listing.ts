/** What the class registry has: the shared images and the sandbox's own, never those of others. */
import type { Exchange } from './exchange.ts';
import { isName, repositoryOf, saidOf } from './names.ts';
import { askRegistry, listIn } from './ask-registry.ts';

/** Shared repositories that are looked at. */
const MAX_REPOSITORIES = 1000;
/** Answers to a search, as many as Docker asks for, and names of tags that are told of each. */
const MAX_RESULTS = 25;
const MAX_TAGS = 8;

export async function catalog(exchange: Exchange): Promise<{ repositories: string[] }> {
  const answer = await askRegistry(exchange.shared, 'GET', `/v2/_catalog?n=${MAX_REPOSITORIES}`);
  const own = exchange.usage.repositories(exchange.sandbox);
  const all = [...listIn(answer, 'repositories'), ...own].map((name) => saidOf(name, exchange.sandbox));
  return { repositories: all.sort() };
}

/** The answer of the registry's version 1 that `docker search registry.local/WORD` prints; an empty word finds all. */
export async function search(exchange: Exchange): Promise<object> {
  const word = new URLSearchParams(exchange.query).get('q') ?? '';
  const { repositories } = await catalog(exchange);
  const found = repositories.filter((name) => name.includes(word) && isName(name)).slice(0, MAX_RESULTS);
  const results = await Promise.all(found.map((name) => resultOf(name, exchange)));
  return { query: word, num_results: results.length, results };
}

async function resultOf(said: string, exchange: Exchange): Promise<object> {
  const { registry, name } = repositoryOf(said, exchange.sandbox);
  const answer = await askRegistry(
    registry === 'mine' ? exchange.mine : exchange.shared,
    'GET',
    `/v2/${name}/tags/list`,
  );
  const tags = listIn(answer, 'tags');
  const more = tags.length > MAX_TAGS ? ', …' : '';
  return {
    // As one pulls it: what is shared also without the registry's name.
    name: registry === 'mine' ? `registry.local/${said}` : said,
    description: tags.length === 0 ? 'no tags' : `tags: ${tags.slice(0, MAX_TAGS).join(', ')}${more}`,
    star_count: 0,
    is_official: false,
    is_automated: false,
  };
}
