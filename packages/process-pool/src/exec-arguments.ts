/** Options of Node that are about debugging this very process, and would have every child listen on the same port. */
const DEBUGGING = /^--(inspect|debug)(-[a-z-]+)?(=|$)/

/** Listen on a free port when SIGUSR1 comes, not on the one that every process would take. */
const FREE_PORT = '--inspect-port=127.0.0.1:0'

/** Whether children with these options listen for debuggers from the start, or say where they would. */
export function isDebugging(execArgv: readonly string[], nodeOptions = ''): boolean {
  return [...execArgv, ...nodeOptions.split(/\s+/)].some((option) => DEBUGGING.test(option))
}

/** The same options, for children that answer SIGUSR1. */
export function answeringSignals(execArgv: readonly string[]): readonly string[] {
  return [...execArgv, FREE_PORT]
}

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
