/* The three rates in the order of the rows: target, and the left end of the drawn scale. */
export const RATES = [
  { key: "response", target: 0.99, from: 0.97 },
  { key: "resolved", target: 0.9, from: 0.8 },
  { key: "satisfied", target: 0.95, from: 0.85 },
];
