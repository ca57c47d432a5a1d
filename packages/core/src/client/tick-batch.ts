import { MAX_BATCH_ITEMS } from '../backend/limits.ts'
import { onTickEnd } from './tick.ts'

interface Asked<Answer> {
  resolve(answer: Answer): void
  reject(error: unknown): void
}

/** Questions asked in one tick travel together, at most `MAX_BATCH_ITEMS` in a call; each gets its own answer. */
export class TickBatch<Question, Answer> {
  readonly #send: (questions: readonly Question[]) => Promise<readonly Answer[]>
  #questions: Question[] = []
  #asked: Asked<Answer>[] = []

  /** `send` answers all questions of one call, in their order. */
  constructor(send: (questions: readonly Question[]) => Promise<readonly Answer[]>) {
    this.#send = send
  }

  /** Ask; rejects with whatever the call that carried it rejects with. */
  ask(question: Question): Promise<Answer> {
    if (this.#questions.length === 0) onTickEnd(() => this.#flush())
    return new Promise((resolve, reject) => {
      this.#questions.push(question)
      this.#asked.push({ resolve, reject })
    })
  }

  #flush(): void {
    const questions = this.#questions
    const asked = this.#asked
    this.#questions = []
    this.#asked = []
    for (let from = 0; from < questions.length; from += MAX_BATCH_ITEMS) {
      const to = from + MAX_BATCH_ITEMS
      void this.#call(questions.slice(from, to), asked.slice(from, to))
    }
  }

  async #call(questions: readonly Question[], asked: readonly Asked<Answer>[]): Promise<void> {
    try {
      const answers = await this.#send(questions)
      for (const [index, one] of asked.entries()) one.resolve(answers[index] as Answer)
    } catch (error) {
      for (const one of asked) one.reject(error)
    }
  }
}
