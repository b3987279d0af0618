// Stands where data is kept safe, in tests of everything else.
import type { Maintenance } from '../../src/commands/types.ts'

export const noMaintenance: Maintenance = {
  backup: async () => {
    throw new Error('nothing is backed up here')
  },
}
