// What the simulated student and the picture say.

export const student = {
  heading: "Simulated student",
  label: "SIMULATED: written by a model, not by a student",
  hint: "A text to rehearse with. Never pass it off as a student's.",
  task: "Task that the student answers",
  level: "Level",
  textLanguage: "Language of the text",
  firstLanguage: "First language, may stay empty",
  mastered: "What the student has understood, one a line",
  misconceptions: "What the student believes wrongly, one a line",
  model: "Model",
  asTask: "That of the task",
  noModel: "No model here writes texts. “Models” says what to set.",
  write: "Write",
  writing: "Writing…",
  by: (model: string) => `Written by ${model}`,
  review: "Review this text",
};

export const picture = {
  heading: "Picture",
  hint: "A picture for a task, drawn by a model.",
  prompt: "What the picture shows",
  draw: "Draw",
  drawing: "Drawing…",
  by: (model: string) => `Drawn by ${model}`,
  alt: "Alternative text",
  altMissing: "The model gave none. Write one before you use the picture.",
  save: "Save the picture",
  noModel: "No model here draws pictures. “Models” says what to set.",
};
