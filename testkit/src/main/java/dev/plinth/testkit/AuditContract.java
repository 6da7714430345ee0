package dev.plinth.testkit;

/// To be written.
public interface AuditContract extends ContractBase {}
