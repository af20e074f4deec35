import { classes } from "./classes.ts";
import { student, picture } from "./classroom.ts";
import { decide, giveBack, recent, stored } from "./deciding.ts";
import { failures } from "./failures.ts";
import { points, summary, scores, steering, panel, cost, own } from "./feedback.ts";
import { models } from "./models.ts";
import { refusals } from "./refusals.ts";
import { form, machines, live, text } from "./review.ts";
import { rubrics } from "./rubrics.ts";

export const en = {
  language: "English",
  title: "Chorus",
  subtitle: "Feedback from several models at once. You decide what the author gets.",
  skip: "Skip to the content",
  switchLanguage: "Language of this page",
  views: {
    label: "Views",
    review: "Review",
    classes: "Classes",
    models: "Models",
    rubrics: "Rubrics",
    student: "Simulated student",
    picture: "Picture",
  },
  seconds: (count: string) => `${count} s`,
  loading: "Loading…",
  close: "Close",
  cancel: "Cancel",
  save: "Save",
  remove: "Remove",
  tryAgain: "Try again",
  form,
  machines,
  live,
  text,
  points,
  summary,
  scores,
  steering,
  panel,
  cost,
  own,
  decide,
  giveBack,
  recent,
  stored,
  models,
  rubrics,
  student,
  picture,
  failures,
  classes,
  refusals,
};
