package dev.plinth.testkit;

/// To be written.
public interface RepositoryContract extends ContractBase {}
