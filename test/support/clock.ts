// A clock that stands still until a test moves it.
import { StoryClock } from '../../src/scenarios/clock.ts'

export class ManualClock extends StoryClock {
  constructor(start = Date.parse('2026-03-02T08:00:00Z')) {
    super(start)
  }

  /** How many sleep now. */
  get sleeping(): number {
    return this.sleepers.size
  }

  /** Moves the time and wakes whoever has slept long enough, in the order of their times. */
  async advance(ms: number): Promise<void> {
    const target = this.now() + ms
    // Sleeps itself, so that it is that late in the end.
    void this.sleep(ms)
    do await settled()
    while (this.skip(target))
  }
}

/** Lets everything run that can run without time passing. */
export async function settled(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await new Promise<void>((resolve) => setImmediate(resolve))
}
