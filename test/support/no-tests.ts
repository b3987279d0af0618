// Stands where workflows are tested and activated, in tests of everything else.
import type { Activation } from '../../src/commands/activation.ts'
import type { Tests } from '../../src/scenarios/index.ts'

export const noTests: Tests = {
  run: async () => {
    throw new Error('nothing is tested here')
  },
  list: () => [],
  dryRun: async () => {
    throw new Error('nothing is run dry here')
  },
  keep: async () => {
    throw new Error('nothing is kept here')
  },
}

/** Every version answers at once. */
export const noActivation: Activation = {
  consider: async () => {},
  over: (catalog) => catalog,
  of: () => undefined,
  activate: async () => {},
  propose: async () => {},
}
