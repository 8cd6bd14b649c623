/** The header's dots: one for each task and question of the lesson. They have their place before it is known. */
export function showDots(exercises: readonly HTMLElement[], isDone: (id: string) => boolean): void {
  const element = document.querySelector<HTMLElement>('[data-dots]');
  if (element === null) return;
  const dots = [...element.querySelectorAll('i')];
  const done = exercises.filter(({ id }) => isDone(id)).length;
  for (const [index, exercise] of exercises.entries()) dots[index]?.toggleAttribute('data-done', isDone(exercise.id));
  const noun = exercises.some(({ localName }) => localName === 'slipway-quiz') ? 'tasks and questions' : 'tasks';
  element.setAttribute('aria-label', `${done} of ${exercises.length} ${noun} done`);
  const count = element.querySelector('span');
  if (count !== null) count.textContent = `${done}/${exercises.length}`;
  element.dataset['told'] = '';
}
