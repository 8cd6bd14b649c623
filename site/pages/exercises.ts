/** How many tasks and questions a lesson has, from its page's HTML. */
export function exercisesOf(html: string): number {
  return html.match(/<slipway-(?:task|ask|quiz)\b/g)?.length ?? 0;
}
