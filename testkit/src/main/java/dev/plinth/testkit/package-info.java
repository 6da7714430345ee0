/// What every engine must do, as tests that any engine runs by giving `open()`.
package dev.plinth.testkit;
