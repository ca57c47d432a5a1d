import { library } from '../../tools/tsup.ts'

export default library(['src/index.ts', 'src/kit.ts', 'src/pool-kit/kit-tasks.ts'])
