/** Options of Node for threads that load the sources of the workspace. */
export const SOURCES = ['--conditions=@taskspace/source']
