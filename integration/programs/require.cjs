// Requires each entry point given from CommonJS, and prints how many names each exports.
for (const entry of process.argv.slice(2)) {
  console.log(`${entry} ${Object.keys(require(entry)).length}`)
}
