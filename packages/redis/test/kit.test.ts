import { describeTaskQueue } from '@taskspace/testing/kit'
import { inject } from 'vitest'
import { kitTarget } from './kit-target.ts'

describeTaskQueue('redis', kitTarget(inject('redisUrl')))
