package dev.plinth.cli.architecture.planted;

import java.sql.SQLException;

/// Planted: a command that talks JDBC.
public record Bare(SQLException failure) {}
