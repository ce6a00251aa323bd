"""What happens inside a command after it was sent: proof of arrival, receivers changed, the register, ratings."""
