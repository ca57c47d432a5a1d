/** The module of `kitTasks`, for pools whose jobs run in a thread or a process of their own. */
export const kitTasksModule = new URL(
  import.meta.url.endsWith('.ts') ? './kit-tasks.ts' : './pool-kit/kit-tasks.js',
  import.meta.url,
)
