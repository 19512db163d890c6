-- Which records are disputed is asked now and then: few of very many events.
CREATE INDEX event_dispute ON event (position) WHERE type IN ('QualificationDisputed', 'DisputeSettled');
