import type { Command, Edge, NewJob } from '@taskspace/core/backend'
import { given } from './given.ts'
import type { CommandSketch, JobSketch } from './step.ts'
import type { Client, World } from './world.ts'

/** The job that a sketch stands for, as item `at` of a call. */
export function toJob(world: World, client: Client, sketch: JobSketch, at: number): NewJob {
  const id = sketch.name === undefined ? world.freshId() : world.idOf(sketch.name)
  const [parent] = client.handed
  return {
    id,
    generated: false,
    task: 'work',
    queue: `q${sketch.queue}`,
    input: world.newValue(),
    onDuplicate: sketch.onDuplicate,
    reuseEnded: sketch.reuseEnded,
    ignoreResult: sketch.ignoreResult,
    ...given({
      priority: sketch.priority === 0 ? undefined : sketch.priority,
      edges: sketch.edges.length === 0 ? undefined : sketch.edges.map((edge) => toEdge(world, edge, at)),
      delayMs: sketch.delayMs,
      resultTtlMs: sketch.resultTtlMs,
      maxCrashes: sketch.maxCrashes,
      parent: sketch.isChild ? parent : undefined,
    }),
  }
}

/** The order that a sketch stands for. */
export function toCommand(world: World, sketch: CommandSketch): Command {
  const { kind } = sketch
  const idOf = (name: number): string => world.idOf(name)
  if (kind === 'cancel') return { kind, ids: sketch.names.map(idOf), reason: 'enough', cascade: sketch.cascade }
  if (kind === 'drain') return { kind, queue: `q${sketch.queue}` }
  const id = idOf(sketch.name)
  if (kind === 'priority') return { kind, id, priority: sketch.priority }
  if (kind === 'depend') return { kind, id, edges: [{ kind: 'order', on: idOf(sketch.on), onError: sketch.onError }] }
  if (kind === 'undepend') return { kind, id, on: sketch.on === 'all' ? 'all' : [idOf(sketch.on)] }
  return { kind, id }
}

function toEdge(world: World, { kind, on, sibling, onError }: JobSketch['edges'][number], at: number): Edge {
  return { kind, on: sibling && at > 0 ? on % at : world.idOf(on), onError }
}
