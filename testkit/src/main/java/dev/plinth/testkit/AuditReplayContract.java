package dev.plinth.testkit;

/// To be written.
public interface AuditReplayContract extends ContractBase {}
