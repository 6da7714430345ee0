/// A small house that breaks every rule on purpose: [dev.plinth.architecture.Rule] must see it.
package dev.plinth.architecture.planted;
