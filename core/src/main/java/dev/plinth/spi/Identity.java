package dev.plinth.spi;

/// In whose name a database that keeps row policies itself does the work.
///
/// @param role the role of the database whose rights and policies hold
/// @param claims what the policies ask for, as a JSON object
public record Identity(String role, String claims) {}
