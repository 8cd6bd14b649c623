import { describe, expect, it } from 'vitest';
import { MAX_OWN_TERMINALS } from '../../../sandbox-server/protocol/limits.ts';
import { OwnTerminals } from '../../../site/workspace/own-terminals.ts';

/** What a browser stores; `denied` as where its settings forbid it. */
class FakeStorage {
  denied = false;
  text: string | null = null;

  getItem(): string | null {
    return this.text;
  }

  setItem(_key: string, text: string): void {
    this.text = text;
  }

  readonly open = (): FakeStorage => {
    if (this.denied) throw new DOMException('denied', 'SecurityError');
    return this;
  };
}

const storage = new FakeStorage();
const course = (id = 'course') => new OwnTerminals(id, storage.open);

function stored(value: unknown): OwnTerminals {
  storage.text = typeof value === 'string' ? value : JSON.stringify(value);
  return course();
}

describe('a learner’s own terminals', () => {
  it('are none at first', () => {
    expect(stored({}).names).toEqual([]);
    storage.text = null;
    expect(course().names).toEqual([]);
  });

  it('are there again after a reload, in the order in which they were opened, and a name that is free is used again', () => {
    const own = stored({});
    expect([own.add(), own.add(), own.add()]).toEqual(['extra-1', 'extra-2', 'extra-3']);
    own.remove('extra-1');
    expect(own.add()).toBe('extra-1');
    expect(course().names).toEqual(['extra-2', 'extra-3', 'extra-1']);
  });

  it('are as many as may be and no more', () => {
    const own = stored({});
    for (let n = 0; n < MAX_OWN_TERMINALS; n++) {
      expect(own.full).toBe(false);
      expect(own.add()).toBeDefined();
    }
    expect(own.full).toBe(true);
    expect(own.add()).toBeUndefined();
    expect(own.names).toHaveLength(MAX_OWN_TERMINALS);
  });

  it('are another course’s no more than another window’s: what was written there stays', () => {
    const own = stored({});
    own.add();
    course('other').add();
    course().add();
    own.remove('extra-1');
    expect(own.names).toEqual(['extra-2']);
    expect(course('other').names).toEqual(['extra-1']);
  });

  it.each([
    ['no JSON', '{"course":'],
    ['nothing', 'null'],
    ['a list', '[]'],
    ['a number', '7'],
    ['no list in the course’s place', { course: 'extra-1' }],
    ['names of other terminals', { course: ['main', 'extra-0', 'extra-99', '../..', 7, null] }],
  ])('are none where the browser stored %s', (_what, value) => {
    const own = stored(value);
    expect(own.names).toEqual([]);
    expect(own.add()).toBe('extra-1');
    expect(course().names).toEqual(['extra-1']);
  });

  it('are there once where they were stored twice', () => {
    expect(stored({ course: ['extra-2', 'extra-2'] }).names).toEqual(['extra-2']);
  });

  it('last as long as the page where the browser stores nothing', () => {
    const own = stored({});
    storage.denied = true;
    own.add();
    own.add();
    own.remove('extra-1');
    expect(own.names).toEqual(['extra-2']);
    storage.denied = false;
    expect(course().names).toEqual([]);
  });
});
