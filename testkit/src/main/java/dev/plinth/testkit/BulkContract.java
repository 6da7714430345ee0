package dev.plinth.testkit;

/// To be written.
public interface BulkContract extends ContractBase {}
