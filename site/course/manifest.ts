/**
 * What the site's build tells the server about the courses (build/courses.json), one entry a course. Nothing in it is
 * secret, but it is not served: the server alone reads it.
 */
export interface CourseManifest {
  courses: CourseEntry[];
}

export interface CourseEntry {
  /** The course's folder name: also its place in URLs. */
  id: string;
  title: string;
  /** Name of the sandbox image: image/image.yaml in the course's folder describes it. */
  image: string;
  lessons: LessonEntry[];
}

export interface LessonEntry {
  /** The lesson's folder name, `01-introduction`. */
  id: string;
  /** Its place in URLs: the folder name without its number. */
  slug: string;
  title: string;
  /** Names of its terminals, in order. At least one. */
  terminals: string[];
}
