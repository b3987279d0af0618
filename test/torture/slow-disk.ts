// The real disk, made slow and forgetful: what is written reaches the file when it is synced, some milliseconds later.
// A kill in between takes it away, as a power cut does, and there is time for kills in between.
import { systemClock } from '../../src/clock.ts'
import { type Disk, realDisk } from '../../src/store/disk.ts'

const slowestMs = 6

export const slowDisk: Disk = {
  ...realDisk,
  async open(path, how) {
    const file = await realDisk.open(path, how)
    let unsynced: Uint8Array[] = []
    const flush = async () => {
      const bytes = Buffer.concat(unsynced)
      unsynced = []
      await file.write(bytes)
    }
    return {
      write: async (bytes) => void unsynced.push(bytes),
      async sync() {
        await systemClock.sleep(Math.random() * slowestMs)
        await flush()
        await file.sync()
      },
      async truncate(length) {
        await flush()
        await file.truncate(length)
      },
      async close() {
        await flush()
        await file.close()
      },
    }
  },
}
