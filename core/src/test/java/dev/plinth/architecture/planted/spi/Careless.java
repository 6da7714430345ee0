package dev.plinth.architecture.planted.spi;

import java.sql.Connection;

/// Planted: a driver's type in the extenders' door.
public record Careless(Connection connection) {}
