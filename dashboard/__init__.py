"""The system itself: rules, truth, live state and analysis. Imports none of its siblings."""
