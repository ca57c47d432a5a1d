/** The queues of a fair claim in the order of this turn: each claim of a session starts one further. */
export function queuesInTurn(
  turns: Map<string, number>,
  session: string,
  queues: readonly string[],
): readonly string[] {
  const turn = turns.get(session) ?? 0
  turns.set(session, turn + 1)
  const from = queues.length === 0 ? 0 : turn % queues.length
  return [...queues.slice(from), ...queues.slice(0, from)]
}
