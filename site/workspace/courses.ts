import { tellProgress } from './course-progress.ts';
import { tellLife } from './sandbox-life.ts';

document.addEventListener('astro:page-load', () => {
  void tellProgress();
  const life = document.querySelector<HTMLElement>('[data-life]');
  if (life !== null) void tellLife(life);
});
