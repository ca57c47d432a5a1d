import type { Command, Edge, NewJob } from '@taskspace/core/backend'
import { given } from './given.ts'
import type { CommandSketch, JobSketch } from './step.ts'
import type { Client, World } from './world.ts'

/** The job that a sketch stands for, as item `at` of a call. */
export function toJob(world: World, client: Client, sketch: JobSketch, at: number): NewJob {
  const id = idOf(sketch.name)
  world.ids.add(id)
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
      edges: sketch.edges.length === 0 ? undefined : sketch.edges.map((edge) => toEdge(edge, at)),
      delayMs: sketch.delayMs,
      resultTtlMs: sketch.resultTtlMs,
      maxCrashes: sketch.maxCrashes,
      parent: sketch.isChild ? parent : undefined,
    }),
  }
}

/** The order that a sketch stands for. */
export function toCommand(sketch: CommandSketch): Command {
  const { kind } = sketch
  if (kind === 'cancel') return { kind, ids: sketch.names.map(idOf), reason: 'enough', cascade: sketch.cascade }
  if (kind === 'drain') return { kind, queue: `q${sketch.queue}` }
  const id = idOf(sketch.name)
  if (kind === 'priority') return { kind, id, priority: sketch.priority }
  if (kind === 'depend') return { kind, id, edges: [{ kind: 'order', on: idOf(sketch.on), onError: sketch.onError }] }
  if (kind === 'undepend') return { kind, id, on: sketch.on === 'all' ? 'all' : [idOf(sketch.on)] }
  return { kind, id }
}

function idOf(name: number): string {
  return `j${name}`
}

function toEdge({ kind, on, sibling, onError }: JobSketch['edges'][number], at: number): Edge {
  return { kind, on: sibling && at > 0 ? on % at : idOf(on), onError }
}
