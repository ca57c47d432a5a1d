/** Options of Node that are about debugging this very process, and would have every child listen on the same port. */
const DEBUGGING = /^--(inspect|debug)(-[a-z-]+)?(=|$)/

/** Options of Node for children: those of this process but for debugging, as `fork` gives them. */
export function inheritedExecArgv(own: readonly string[]): readonly string[] {
  return own.filter((option, index) => !DEBUGGING.test(option) && !isPortOf(own[index - 1], option))
}

/** The environment of children: no debugging by `NODE_OPTIONS` either. */
export function childEnvironment(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const { NODE_OPTIONS: options, ...rest } = env
  if (options === undefined) return rest
  const kept = options.split(/\s+/).filter((option) => option !== '' && !DEBUGGING.test(option))
  return kept.length === 0 ? rest : { ...rest, NODE_OPTIONS: kept.join(' ') }
}

// `--inspect-port 9230` in two words.
function isPortOf(before: string | undefined, option: string): boolean {
  return before === '--inspect-port' && /^[\d.:[\]a-f]+$/.test(option)
}
