import { library } from '../../tools/tsup.ts'

export default library(['src/index.ts', 'src/backend.ts', 'src/pool.ts'])
