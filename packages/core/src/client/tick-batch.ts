import { MAX_BATCH_ITEMS } from '../backend/limits.ts'
import { onTickEnd } from './tick.ts'

interface Asked<Answer> {
  resolve(answer: Answer): void
  reject(error: unknown): void
}

/** How much one call may carry. */
export interface TickBatchLimits<Question> {
  /** Sum of the weights of its questions, unless it has but one; default `MAX_BATCH_ITEMS`. */
  readonly most?: number
  /** Default: each weighs 1. */
  readonly weightOf?: (question: Question) => number
}

/** Questions asked in one tick travel together, as few calls as the limits allow; each gets its own answer. */
export class TickBatch<Question, Answer> {
  readonly #send: (questions: readonly Question[]) => Promise<readonly Answer[]>
  readonly #most: number
  readonly #weightOf: (question: Question) => number
  #questions: Question[] = []
  #asked: Asked<Answer>[] = []

  /** `send` answers all questions of one call, in their order. */
  constructor(
    send: (questions: readonly Question[]) => Promise<readonly Answer[]>,
    { most = MAX_BATCH_ITEMS, weightOf = () => 1 }: TickBatchLimits<Question> = {},
  ) {
    this.#send = send
    this.#most = most
    this.#weightOf = weightOf
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
    for (let from = 0; from < questions.length; ) {
      const to = this.#endOf(questions, from)
      void this.#call(questions.slice(from, to), asked.slice(from, to))
      from = to
    }
  }

  /** Where the call ends that begins with this question. */
  #endOf(questions: readonly Question[], from: number): number {
    let to = from + 1
    let weight = this.#weightOf(questions[from] as Question)
    for (; to < questions.length; to += 1) {
      weight += this.#weightOf(questions[to] as Question)
      if (weight > this.#most) break
    }
    return to
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
