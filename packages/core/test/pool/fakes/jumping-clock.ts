import { ManualClock } from '../../client/manual-clock.ts'

/** A clock that can jump, as that of a process which stood still: timers that were set then fire late. */
export class JumpingClock extends ManualClock {
  #jumped = 0

  override now(): number {
    return super.now() + this.#jumped
  }

  /** Let time pass without firing anything. */
  jump(ms: number): void {
    this.#jumped += ms
  }
}
