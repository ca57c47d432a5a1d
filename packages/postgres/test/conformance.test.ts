import { describeTaskQueue } from '@taskspace/testing/kit'
import { postgresTarget } from './postgres-target.ts'

describeTaskQueue('postgres', postgresTarget())
