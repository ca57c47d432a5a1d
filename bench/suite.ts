import type { Goal } from './goals.ts'
import type { Figure, Workload } from './workload.ts'

/** Workloads, and who is measured with them. */
export interface Suite {
  readonly name: string
  readonly workloads: readonly {
    readonly name: string
    readonly contenders: readonly string[]
    /** Run it once with the contender of that name. */
    run(contender: string): Promise<readonly Figure[]>
  }[]
  readonly goals: readonly Goal[]
}

/** A suite of contenders of one kind. */
export function suite<C extends { readonly name: string }>(
  name: string,
  contenders: readonly C[],
  workloads: readonly Workload<C>[],
  goals: readonly Goal[],
): Suite {
  const named = (contender: string): C => {
    const found = contenders.find((one) => one.name === contender)
    if (found === undefined) throw new Error(`no contender '${contender}' in suite '${name}'`)
    return found
  }
  return {
    name,
    workloads: workloads.map((workload) => ({
      name: workload.name,
      contenders: workload.contenders,
      run: (contender) => workload.run(named(contender)),
    })),
    goals,
  }
}
