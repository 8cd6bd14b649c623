/** Everything that is kept of a learner, as they can take it along. Files are a download of their own. */
import type { LearnerExport } from '../protocol/lesson.ts';
import type { LearnerDetails } from '../store/learners.ts';
import type { LessonRecord } from '../store/progress.ts';
import type { RegistryUsage } from '../store/registry-usage.ts';
import type { SandboxRecord } from '../store/sandbox-records.ts';

export function exportOf(
  learner: LearnerDetails,
  lessons: readonly LessonRecord[],
  sandboxes: readonly SandboxRecord[],
  usage: RegistryUsage,
): LearnerExport {
  return {
    format: 'slipway-learner-1',
    learner: {
      id: learner.id,
      createdAt: iso(learner.createdAt),
      seenAt: iso(learner.seenAt),
      hasRecoveryCode: learner.hasRecoveryCode,
    },
    lessons: lessons.map((lesson) => ({
      course: lesson.course,
      lesson: lesson.lesson,
      firstOpenedAt: iso(lesson.firstAt),
      lastOpenedAt: iso(lesson.lastAt),
      place: lesson.place,
      tasks: [...lesson.tasks].map(([task, { doneAt, hints, solutionAt, answer }]) => ({
        task,
        doneAt: isoOrNull(doneAt),
        hints,
        solutionAt: isoOrNull(solutionAt),
        answer,
      })),
      quizzes: [...lesson.quizzes].map(([quiz, { chosen, tries, doneAt }]) => ({
        quiz,
        chosen,
        tries,
        doneAt: isoOrNull(doneAt),
      })),
    })),
    sandboxes: sandboxes.map(({ id, course, image, profile, createdAt, seenAt }) => ({
      id,
      course,
      image,
      profile,
      createdAt: iso(createdAt),
      seenAt: iso(seenAt),
      pushed: { repositories: usage.repositories(id), bytes: usage.used(id) },
    })),
  };
}

function iso(time: number): string {
  return new Date(time).toISOString();
}

function isoOrNull(time: number | null): string | null {
  return time === null ? null : iso(time);
}
