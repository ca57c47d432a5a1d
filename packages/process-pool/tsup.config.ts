import { library } from '../../tools/tsup.ts'

export default library(['src/index.ts', 'src/child.ts', 'src/subprocess.ts'])
