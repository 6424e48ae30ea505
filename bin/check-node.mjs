// Plain JavaScript, so that an old Node can run it and print a clear message instead of a syntax error.
const oldest = 24
if (Number(process.versions.node.split('.')[0]) < oldest) {
  console.error(
    `The results service needs Node ${oldest} or later, this is ${process.versions.node}: run npm ci without --ignore-scripts (it brings Node ${oldest}), or install it.`,
  )
  process.exit(1)
}
