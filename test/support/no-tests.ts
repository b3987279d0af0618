// Stands where workflows are tested, in tests of everything else.
import type { Tests } from '../../src/scenarios/index.ts'

export const noTests: Tests = {
  run: async () => {
    throw new Error('nothing is tested here')
  },
  list: () => [],
  dryRun: async () => {
    throw new Error('nothing is run dry here')
  },
}
