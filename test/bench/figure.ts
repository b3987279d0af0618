// One measured figure, as `npm run bench` prints it.

export interface Figure {
  name: string
  value: number
  unit: string
  /** `value` against a baseline of the same run: machines differ, ratios less so. */
  ratio?: number
  /** What the ratio is against, in a few words. */
  baseline?: string
  /** What it should be, in words: `at most 1.5 times`. */
  aim?: string
}
