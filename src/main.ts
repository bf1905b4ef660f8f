/** `npm start`: the same as `threshold serve`. */
process.argv.splice(2, 0, 'serve');
await import('./cli/threshold.js');
