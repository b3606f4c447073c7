"""What data are like before anything is learnt from them: figures, suspicions, settings."""

from x2vec.profiling.choices import Choice
from x2vec.profiling.finding import Finding
from x2vec.profiling.profile import Profile, profile_sequences

__all__ = ["Choice", "Finding", "Profile", "profile_sequences"]
