"""What each change means: findings by rule, and the fate of everything downstream."""
